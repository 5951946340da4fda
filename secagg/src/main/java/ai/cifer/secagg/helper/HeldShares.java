package ai.cifer.secagg.helper;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.cipher.PadSeeds;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.helper.RequestRefused.Reason;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.ShareStatus;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.message.Shares.Candidate;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.HelperKey;
import ai.cifer.secagg.share.Shamir;
import ai.cifer.secagg.share.ShareRefused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The shares of one segment and attempt, in memory until a cohort is signed.
final class HeldShares {
  /// No record: a share is a secret and has no text form.
  private static final class Held {
    private final Bytes manifest;
    private final int[] share;

    Held(Bytes manifest, int[] share) {
      this.manifest = manifest;
      this.share = share;
    }
  }

  private final VerifiedRound round;
  private final HelperKey key;
  private final String helper;
  private final Map<String, Held> held = new TreeMap<>();
  private final Set<String> complaints = new TreeSet<>();
  private final Map<Integer, Bytes> parts = new TreeMap<>();
  private int expectedParts;
  private @Nullable ShareStatus status;

  HeldShares(VerifiedRound round, HelperKey key, String helper) {
    this.round = round;
    this.key = key;
    this.helper = helper;
  }

  /// Takes a part in; after the last one the status is closed.
  Optional<ShareStatus> accept(Shares part, Signer signer) {
    Bytes hash = part.hash();
    Bytes known = parts.get(part.part());
    if (known != null ? !known.equals(hash) : status != null) {
      throw closed(part);
    }
    if (parts.isEmpty()) {
      expectedParts = part.parts();
    } else if (part.parts() != expectedParts) {
      throw closed(part);
    }
    if (known == null) {
      parts.put(part.part(), hash);
      part.candidates().forEach(candidate -> take(part, candidate));
    }
    if (status == null && parts.size() == expectedParts) {
      status =
          new ShareStatus(
                  part.ctx(),
                  helper,
                  part.segment(),
                  part.attempt(),
                  List.copyOf(held.keySet()),
                  List.copyOf(complaints),
                  Bytes.EMPTY)
              .signed(signer);
    }
    return Optional.ofNullable(status);
  }

  private static RequestRefused closed(Shares part) {
    return new RequestRefused(
        Reason.SHARES_CLOSED,
        "shares of segment %d part %d of %d: contradict what came before (expected: the same)"
            .formatted(part.segment(), part.part(), part.parts()));
  }

  private void take(Shares part, Candidate candidate) {
    Manifest manifest = candidate.manifest();
    String client = manifest.client();
    if (!round.isClient(client)) {
      return;
    }
    Held before = held.get(client);
    if (before != null || complaints.contains(client)) {
      // Two manifests of one client in one attempt: whichever is meant, the other is a trap.
      if (before != null && !before.manifest.equals(manifest.hash())) {
        Arrays.fill(before.share, 0);
        held.remove(client);
        complaints.add(client);
      }
      return;
    }
    int[] share = open(part, candidate);
    if (share == null) {
      complaints.add(client);
    } else {
      held.put(client, new Held(manifest.hash(), share));
    }
  }

  /// The share, or null if anything about it is bad.
  private int @Nullable [] open(Shares part, Candidate candidate) {
    Manifest manifest = candidate.manifest();
    SealedShare sealed = candidate.share();
    int index = round.open().helperIndex(helper);
    boolean fits =
        manifest.ctx().equals(round.ctx())
            && manifest.segment() == part.segment()
            && manifest.attempt() == part.attempt()
            && manifest.shares().size() == round.open().helpers().size()
            && manifest.shares().get(index - 1).equals(sealed.hash())
            && sealed.ctx().equals(round.ctx())
            && sealed.client().equals(manifest.client())
            && sealed.helper().equals(helper)
            && sealed.segment() == part.segment()
            && sealed.attempt() == part.attempt()
            && round.isAuthentic(manifest);
    if (!fits) {
      return null;
    }
    try {
      int[] share = key.open(sealed, round.plan().shareValues());
      boolean good =
          round.cipher().isPresent()
              ? PadSeeds.areWords(share)
              : round.open().threshold() > 1 || isSmall(share);
      if (!good) {
        Arrays.fill(share, 0);
        return null;
      }
      return share;
    } catch (ShareRefused bad) {
      return null;
    }
  }

  /// With t = 1 the share is the secret itself, whose bound the key holder can check client by
  /// client; the coordinator could only check the sum.
  private static boolean isSmall(int[] share) {
    int largest = 0;
    for (int value : share) {
      int centred = value - (Shamir.PRIME & ((Shamir.PRIME / 2 - value) >> 31));
      largest = Math.max(largest, Math.abs(centred));
    }
    return largest <= AggregationParameters.NOISE_BOUND;
  }

  /// The sum of the shares of a cohort all of whose members are held.
  Coefficients sum(Cohort cohort) {
    int[] sum = new int[round.plan().parameters().degree()];
    shares(cohort).forEach(share -> Shamir.addInto(share, sum));
    return Coefficients.of(sum);
  }

  /// The seeds of the pads of a cohort all of whose members are held; zero them after use.
  List<byte[]> seeds(Cohort cohort) {
    return shares(cohort).stream().map(PadSeeds::seed).toList();
  }

  private List<int[]> shares(Cohort cohort) {
    if (status == null) {
      throw new RequestRefused(
          Reason.SHARES_OPEN,
          "cohort of segment %d: before all shares came (expected: after the share status)"
              .formatted(cohort.segment()));
    }
    List<int[]> shares = new ArrayList<>();
    for (Cohort.Entry entry : cohort.entries()) {
      Held one = held.get(entry.client());
      if (one == null || !one.manifest.equals(entry.manifest())) {
        throw new RequestRefused(
            Reason.COHORT_MEMBER,
            "cohort: with %s (expected: clients whose share this helper accepted, by that manifest)"
                .formatted(entry.client()));
      }
      shares.add(one.share);
    }
    return shares;
  }

  /// Zeroes all shares.
  void erase() {
    held.values().forEach(one -> Arrays.fill(one.share, 0));
    held.clear();
  }
}
