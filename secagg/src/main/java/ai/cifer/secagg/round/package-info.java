/// A round as its participants check it: its context, its roster, the local policy.
@NullMarked
package ai.cifer.secagg.round;

import org.jspecify.annotations.NullMarked;
