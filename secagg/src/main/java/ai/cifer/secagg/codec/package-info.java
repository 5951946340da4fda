/// The one canonical way of writing fields as bytes; first of the chain, used by messages and
/// journals.
@NullMarked
package ai.cifer.secagg.codec;

import org.jspecify.annotations.NullMarked;
