/// What a participant plugs in: trainers, datasets and model formats, found by ServiceLoader.
@NullMarked
package ai.cifer.fedlearn.train;

import org.jspecify.annotations.NullMarked;
