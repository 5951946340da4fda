/// Who is who: the enrolment authority, certificates that carry a signing key, and private key
/// files.
@NullMarked
package ai.cifer.node.identity;

import org.jspecify.annotations.NullMarked;
