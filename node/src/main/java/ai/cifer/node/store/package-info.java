/// What a run leaves on disk: event log, segments, models, metrics; written so that a crash leaves
/// no half file under a whole name.
@NullMarked
package ai.cifer.node.store;

import org.jspecify.annotations.NullMarked;
