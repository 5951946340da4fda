package ai.cifer.cli.demo;

import ai.cifer.cli.history.RunDocument;
import ai.cifer.fedlearn.train.Metrics;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/// What `cifer demo --format json` prints: the run's document, and what it is measured against.
///
/// @param run its members stand at the top level
/// @param centralised quality of the same network trained on all data in one place, where asked for
record DemoDocument(@JsonUnwrapped RunDocument run, @Nullable Metrics centralised) {}
