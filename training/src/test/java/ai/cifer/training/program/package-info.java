@NullMarked
package ai.cifer.training.program;

import org.jspecify.annotations.NullMarked;
