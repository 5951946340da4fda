/// Real Python for tests: the environments that `python/environment.sh` makes.
@NullMarked
package ai.cifer.training.python;

import org.jspecify.annotations.NullMarked;
