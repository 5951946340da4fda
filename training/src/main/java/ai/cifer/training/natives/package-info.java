/// Native libraries that jars carry and DJL unpacks.
@NullMarked
package ai.cifer.training.natives;

import org.jspecify.annotations.NullMarked;
