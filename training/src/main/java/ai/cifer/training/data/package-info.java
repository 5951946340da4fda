/// Datasets: the npy and npz formats, labelled examples from them, and partitions among clients.
@NullMarked
package ai.cifer.training.data;

import org.jspecify.annotations.NullMarked;
