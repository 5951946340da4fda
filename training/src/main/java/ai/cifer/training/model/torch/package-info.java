/// PyTorch's files: state dicts and TorchScript, read without running what is in them.
@NullMarked
package ai.cifer.training.model.torch;

import org.jspecify.annotations.NullMarked;
