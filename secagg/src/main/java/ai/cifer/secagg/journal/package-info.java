/// What has to be on disk before a message leaves: accepted rounds, contributions, certified sums.
@NullMarked
package ai.cifer.secagg.journal;

import org.jspecify.annotations.NullMarked;
