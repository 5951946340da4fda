package ai.cifer.node.coordinator;

import ai.cifer.secagg.coordinator.Candidates;
import ai.cifer.secagg.coordinator.OpenedSums;
import ai.cifer.secagg.coordinator.Reveals;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import java.util.List;
import java.util.Optional;

/// What folding a segment needs, drawn on the coordinator's thread.
///
/// @param candidates from which the manifests of the cohort are read
/// @param reveals empty in mode `none`, and where a key holder opens sums of ciphertexts
record FoldInput(
    int segment,
    Cohort cohort,
    Candidates candidates,
    List<CohortSignature> certificate,
    Optional<Reveals> reveals,
    Optional<OpenedSums> openedSums) {}
