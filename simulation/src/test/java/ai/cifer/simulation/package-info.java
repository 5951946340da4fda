@NullMarked
package ai.cifer.simulation;

import org.jspecify.annotations.NullMarked;
