/// What is agreed before a run: mode of encryption, profile, clips, weight cap, segments; bytes and
/// errors follow.
@NullMarked
package ai.cifer.secagg.plan;

import org.jspecify.annotations.NullMarked;
