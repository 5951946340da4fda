/// What users see of the library's byte forms: kinds, digests, named failures and the token without
/// which no secret key becomes bytes.
///
/// Used by `format` (the frame, not exported) and by every scheme that writes or reads.
@NullMarked
package ai.cifer.homocryption.codec;

import org.jspecify.annotations.NullMarked;
