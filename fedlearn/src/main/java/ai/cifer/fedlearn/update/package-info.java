/// What a client sends and what the cohort adds up to.
@NullMarked
package ai.cifer.fedlearn.update;

import org.jspecify.annotations.NullMarked;
