/// Keras's files: the network as declarative data, the weights as places in HDF5.
@NullMarked
package ai.cifer.training.model.keras;

import org.jspecify.annotations.NullMarked;
