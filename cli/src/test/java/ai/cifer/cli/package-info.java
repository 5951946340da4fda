@NullMarked
package ai.cifer.cli;

import org.jspecify.annotations.NullMarked;
