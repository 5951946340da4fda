/// Shamir's secret sharing and the sealing of shares for their helpers.
@NullMarked
package ai.cifer.secagg.share;

import org.jspecify.annotations.NullMarked;
