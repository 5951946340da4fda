/// Whole federations as real processes: real certificates, real links, real kills.
@NullMarked
package ai.cifer.systemtests;

import org.jspecify.annotations.NullMarked;
