/// Named float32 tensors laid out as one flat vector, in memory or mapped from a file.
@NullMarked
package ai.cifer.fedlearn.tensor;

import org.jspecify.annotations.NullMarked;
