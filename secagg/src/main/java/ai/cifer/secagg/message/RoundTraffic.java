package ai.cifer.secagg.message;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What one round without a fault moves between the coordinator and one participant, before the
/// framing of the transport and without the notes on progress: counted on the messages themselves,
/// with zeros for keys, hashes and signatures.
///
/// @param upload what one client sends of its update
/// @param model bytes of the model and of the guides beside it, which every client fetches
/// @param announcements bytes of ROUND_OPEN and RESULT, to every client and helper
/// @param drawUp what every client sends where helpers are drawn: its hello, its commitment and its
///   opening; else 0
/// @param drawDown what every client is sent for that: the list of all commitments; else 0
/// @param helperUp what one helper sends: its hello unless helpers are drawn, share status,
///   signature, and what it opens
/// @param helperDown what one helper is sent: shares, cohorts, requests to open
public record RoundTraffic(
    UploadSize upload,
    long model,
    long announcements,
    long drawUp,
    long drawDown,
    long helperUp,
    long helperDown) {

  /// Who takes part.
  ///
  /// @param federation the federation
  /// @param run the run
  /// @param coordinator its name
  /// @param clients their names
  /// @param keyHolder its name, where the mode has one
  /// @param certificateBytes of each certificate, about
  public record Cast(
      String federation,
      String run,
      String coordinator,
      List<String> clients,
      String keyHolder,
      int certificateBytes) {}

  /// Counts.
  ///
  /// @param threshold t, 0 in mode `none`
  /// @param sumKey the key holder's public key, where clients encrypt under one; else empty
  public static RoundTraffic of(
      AggregationPlan plan,
      ModelLayout layout,
      String architecture,
      TrainConfig train,
      Cast cast,
      int threshold,
      Bytes sumKey) {
    boolean keyHolder = plan.mode().hasKeyHolder();
    List<String> clients = cast.clients().stream().sorted().toList();
    List<String> helpers =
        !plan.mode().isProtected()
            ? List.of()
            : keyHolder
                ? List.of(cast.keyHolder())
                : clients.subList(0, Math.min(clients.size(), Draw.HELPERS));
    ModelLayout sent = train.upload(layout);
    UploadSize upload = UploadSize.of(plan, sent, clients.getFirst(), helpers);
    long model = (1L + train.rule().guides()) * Float.BYTES * layout.parameters();
    List<HelperHello> hellos = helpers.stream().map(helper -> hello(cast, helper, sumKey)).toList();
    long announcements =
        size(open(plan, layout, architecture, train, cast, clients, hellos, threshold))
            + size(result(cast, sent.segments(plan.segmentParameters()).size()));
    if (helpers.isEmpty()) {
      return new RoundTraffic(upload, model, announcements, 0, 0, 0, 0);
    }
    boolean drawn = drawn(plan, clients);
    long hello = size(hellos.getFirst());
    long up = drawn ? 0 : hello;
    long down = 0;
    SegmentTraffic one = new SegmentTraffic(plan, clients, helpers, threshold);
    for (Segment segment : sent.segments(plan.segmentParameters())) {
      up += one.up(segment);
      down += one.down(segment);
    }
    return new RoundTraffic(
        upload,
        model,
        announcements,
        drawn ? hello + drawUp(cast, clients.getFirst()) : 0,
        drawn ? size(list(cast, clients)) : 0,
        up,
        down);
  }

  /// All that a client sends that helps nobody.
  public long clientUp() {
    return upload.total() + drawUp;
  }

  /// All that a client is sent that helps nobody.
  public long clientDown() {
    return model + announcements + drawDown;
  }

  private static long size(Message message) {
    return message.encode().length;
  }

  private static HelperHello hello(Cast cast, String helper, Bytes sumKey) {
    return new HelperHello(
        cast.federation(),
        cast.run(),
        1,
        helper,
        Bytes.zeros(HelperHello.X25519_BYTES),
        Bytes.zeros(HelperHello.ML_KEM_KEY_BYTES),
        sumKey,
        SegmentTraffic.SIGNATURE);
  }

  private static boolean drawn(AggregationPlan plan, List<String> clients) {
    return plan.mode() == EncryptionMode.SECURE_AGGREGATION && clients.size() > Draw.HELPERS;
  }

  private static long drawUp(Cast cast, String client) {
    return size(
            new BeaconCommitment(
                cast.federation(),
                cast.run(),
                1,
                1,
                client,
                SegmentTraffic.HASH,
                SegmentTraffic.SIGNATURE))
        + size(new BeaconOpening(SegmentTraffic.HASH, client, Bytes.zeros(Draw.VALUE_BYTES)));
  }

  private static BeaconList list(Cast cast, List<String> clients) {
    return new BeaconList(
        cast.federation(),
        cast.run(),
        1,
        1,
        clients.stream().map(name -> new BeaconList.Entry(name, SegmentTraffic.HASH)).toList());
  }

  private static Draw draw(List<String> clients) {
    return new Draw(
        1,
        clients.stream()
            .map(name ->
                new Draw.Opening(name, Bytes.zeros(Draw.VALUE_BYTES), SegmentTraffic.SIGNATURE))
            .toList());
  }

  private static RoundOpen open(
      AggregationPlan plan,
      ModelLayout layout,
      String architecture,
      TrainConfig train,
      Cast cast,
      List<String> clients,
      List<HelperHello> hellos,
      int threshold) {
    Bytes certificate = Bytes.zeros(cast.certificateBytes());
    // One certificate for coordinator and client is refused.
    byte[] other = new byte[cast.certificateBytes()];
    Arrays.fill(other, (byte) 1);
    List<Member> roster = new ArrayList<>();
    clients.forEach(name -> roster.add(new Member(name, Role.CLIENT, certificate)));
    if (plan.mode().hasKeyHolder()) {
      roster.add(new Member(cast.keyHolder(), Role.KEY_HOLDER, certificate));
    }
    roster.sort(Comparator.comparing(Member::name));
    return new RoundOpen(
        cast.federation(),
        cast.run(),
        1,
        plan,
        layout,
        SegmentTraffic.HASH,
        architecture,
        train,
        SegmentTraffic.HASH,
        threshold,
        clients.size(),
        new Member(cast.coordinator(), Role.COORDINATOR, Bytes.of(other)),
        roster,
        hellos,
        drawn(plan, clients) ? Optional.of(draw(clients)) : Optional.empty(),
        SegmentTraffic.SIGNATURE);
  }

  private static RoundResult result(Cast cast, int segments) {
    return new RoundResult(
        SegmentTraffic.HASH,
        Collections.nCopies(segments, SegmentTraffic.HASH),
        SegmentTraffic.HASH,
        SegmentTraffic.HASH,
        cast.coordinator(),
        SegmentTraffic.SIGNATURE);
  }

  /// What one helper sends and is sent for one segment.
  private static final class SegmentTraffic {
    private static final Bytes HASH = Bytes.zeros(Hashing.BYTES);
    private static final Bytes SIGNATURE = Bytes.zeros(UploadSize.ED25519_BYTES);

    private final AggregationPlan plan;
    private final AggregationParameters parameters;
    private final List<String> clients;
    private final String helper;
    private final int helpers;
    private final List<CohortSignature> certificate;

    SegmentTraffic(AggregationPlan plan, List<String> clients, List<String> helpers, int t) {
      this.plan = plan;
      this.clients = clients;
      this.helpers = helpers.size();
      parameters = plan.parameters();
      helper = helpers.getFirst();
      certificate = helpers.stream().limit(t).map(SegmentTraffic::signature).toList();
    }

    private static CohortSignature signature(String helper) {
      return new CohortSignature(HASH, helper, 0, 0, HASH, SIGNATURE);
    }

    long up(Segment segment) {
      long fixed =
          size(new ShareStatus(HASH, helper, 0, 0, clients, List.of(), SIGNATURE))
              + size(signature(helper));
      if (plan.mode().scheme().isEmpty()) {
        return fixed
            + size(
                new Reveal(
                    HASH,
                    helper,
                    0,
                    0,
                    HASH,
                    Coefficients.of(new int[plan.shareValues()]),
                    SIGNATURE));
      }
      return fixed + inParts(segment, blocks -> size(opened(blocks)));
    }

    long down(Segment segment) {
      long fixed = shares() + size(cohort());
      return plan.mode().scheme().isEmpty()
          ? fixed + size(new RevealRequest(HASH, 0, 0, HASH, certificate))
          : fixed + inParts(segment, blocks -> size(encrypted(blocks)));
    }

    private interface PartBytes {
      long of(int blocks);
    }

    private long inParts(Segment segment, PartBytes bytes) {
      int blocks = plan.blocks(segment.size());
      int most = EncryptedSum.blocksPerPart(plan.blockBytes());
      long full = blocks < most ? 0 : bytes.of(most);
      return blocks / most * full + (blocks % most == 0 ? 0 : bytes.of(blocks % most));
    }

    private EncryptedSum encrypted(int blocks) {
      return new EncryptedSum(HASH, 0, 0, HASH, 0, Bytes.zeros(blocks * plan.blockBytes()));
    }

    private OpenedSum opened(int blocks) {
      int sums = blocks * parameters.valuesPerBlock();
      return new OpenedSum(HASH, helper, 0, 0, HASH, 0, Bytes.zeros(Long.BYTES * sums), SIGNATURE);
    }

    private Cohort cohort() {
      return new Cohort(
          HASH, 0, 0, clients.stream().map(name -> new Cohort.Entry(name, HASH)).toList());
    }

    private long shares() {
      long bytes = 0;
      int parts = Math.ceilDiv(clients.size(), Shares.MAX_CANDIDATES);
      for (int part = 0; part < parts; part++) {
        int from = part * Shares.MAX_CANDIDATES;
        int to = Math.min(clients.size(), from + Shares.MAX_CANDIDATES);
        List<Shares.Candidate> candidates =
            clients.subList(from, to).stream()
                .map(client ->
                    new Shares.Candidate(
                        UploadSize.manifest(client, helpers),
                        UploadSize.share(plan, client, helper)))
                .toList();
        bytes += size(new Shares(HASH, 0, 0, part, parts, candidates));
      }
      return bytes;
    }
  }
}
