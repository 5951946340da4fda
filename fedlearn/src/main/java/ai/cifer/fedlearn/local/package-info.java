/// A client's part of a strategy: what it makes of its training, and what it remembers.
@NullMarked
package ai.cifer.fedlearn.local;

import org.jspecify.annotations.NullMarked;
