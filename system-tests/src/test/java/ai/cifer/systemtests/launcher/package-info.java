/// The script `cifer` in the project's root.
@NullMarked
package ai.cifer.systemtests.launcher;

import org.jspecify.annotations.NullMarked;
