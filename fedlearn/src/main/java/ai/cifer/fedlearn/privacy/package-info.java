/// Differential privacy: what each client does to its update, and what that is worth.
@NullMarked
package ai.cifer.fedlearn.privacy;

import org.jspecify.annotations.NullMarked;
