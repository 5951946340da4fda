/// Models: the networks known by name, their first values, and the files that hold them.
@NullMarked
package ai.cifer.training.model;

import org.jspecify.annotations.NullMarked;
