/// How a global model takes in the weighted sum of a round, one file a paper.
@NullMarked
package ai.cifer.fedlearn.strategy;

import org.jspecify.annotations.NullMarked;
