/// Models in the files of ONNX.
@NullMarked
package ai.cifer.training.model.onnx;

import org.jspecify.annotations.NullMarked;
