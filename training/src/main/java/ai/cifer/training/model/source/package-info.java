/// Where models come from.
@NullMarked
package ai.cifer.training.model.source;

import org.jspecify.annotations.NullMarked;
