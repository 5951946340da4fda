/// What happened in a run, told without any tensor or key.
@NullMarked
package ai.cifer.fedlearn.history;

import org.jspecify.annotations.NullMarked;
