package ai.cifer.node.wire;

import java.util.Set;

/// The kinds of envelopes that carry a message of the secure-aggregation protocol.
public final class Kinds {
  public static final String OUTLINE = "outline";
  public static final String HELPER_HELLO = "helper-hello";
  public static final String BEACON_COMMITMENT = "beacon-commitment";
  public static final String BEACON_LIST = "beacon-list";
  public static final String BEACON_OPENING = "beacon-opening";
  public static final String ROUND_OPEN = "round-open";
  public static final String SEALED_SHARE = "sealed-share";
  public static final String MANIFEST = "manifest";
  public static final String SHARES = "shares";
  public static final String SHARE_STATUS = "share-status";
  public static final String COHORT = "cohort";
  public static final String COHORT_SIGNATURE = "cohort-signature";
  public static final String REVEAL_REQUEST = "reveal-request";
  public static final String REVEAL = "reveal";
  public static final String NOT_REVEALED = "not-revealed";
  public static final String RETRY = "retry";
  public static final String ENCRYPTED_SUM = "encrypted-sum";
  public static final String OPENED_SUM = "opened-sum";
  public static final String ROUND_RESULT = "round-result";

  /// What participants send while a round is open.
  public static final Set<String> OF_OPEN_ROUND =
      Set.of(
          SEALED_SHARE, MANIFEST, SHARE_STATUS, COHORT_SIGNATURE, REVEAL, NOT_REVEALED, OPENED_SUM);

  /// What participants send while helpers are drawn.
  public static final Set<String> OF_DRAW = Set.of(BEACON_COMMITMENT, BEACON_OPENING);

  private Kinds() {}
}
