/// The client's side: check the whole update, mask it segment by segment, share the secrets, sign.
@NullMarked
package ai.cifer.secagg.client;

import org.jspecify.annotations.NullMarked;
