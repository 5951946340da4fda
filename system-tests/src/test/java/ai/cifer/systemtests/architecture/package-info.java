/// The rules that hold the modules apart, read from the compiled classes.
@NullMarked
package ai.cifer.systemtests.architecture;

import org.jspecify.annotations.NullMarked;
