/// The messages of a round, each with the canonical bytes that are hashed and signed.
@NullMarked
package ai.cifer.secagg.message;

import org.jspecify.annotations.NullMarked;
