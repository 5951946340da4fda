package ai.cifer.systemtests;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.node.identity.CertificateEnrolment;
import ai.cifer.node.identity.Federation;
import ai.cifer.node.identity.Identity;
import ai.cifer.node.identity.Participant;
import ai.cifer.secagg.client.ClientRole;
import ai.cifer.secagg.client.Contribution;
import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.journal.ClientJournal;
import ai.cifer.secagg.journal.FileJournal;
import ai.cifer.secagg.message.Coefficients;
import ai.cifer.secagg.message.Cohort;
import ai.cifer.secagg.message.CohortSignature;
import ai.cifer.secagg.message.HelperHello;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.Reveal;
import ai.cifer.secagg.message.SealedShare;
import ai.cifer.secagg.message.Shares;
import ai.cifer.secagg.plan.EncryptionMode;
import ai.cifer.secagg.round.RoundPolicy;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.secagg.share.HelperKey;
import ai.cifer.secagg.share.Shamir;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// An enrolled client and helper that plays into the coordinator's hands: it signs and reveals
/// whatever is wanted, as often as is wanted, and has no connection of its own.
final class Accomplice implements AutoCloseable {
  private final Identity identity;
  private final FileJournal journal;
  private final ClientRole role;
  private final Path state;
  private final Map<String, HelperKey> keys = new ConcurrentHashMap<>();

  /// @param own the folder of a client that is not started
  Accomplice(Path own) throws IOException {
    state = Files.createDirectories(own.resolve("accomplice"));
    identity =
        Identity.load(
            own.resolve("certificate.pem"),
            own.resolve("private_key.pem"),
            own.resolve("ca.pem"),
            InstantSource.system());
    journal = FileJournal.open(state.resolve("client.journal"));
    role =
        new ClientRole(
            signer(),
            RoundPolicy.of(Federation.of(identity), EncryptionMode.SECURE_AGGREGATION),
            new CertificateEnrolment(identity, InstantSource.system()),
            new ClientJournal(journal),
            (federation, run) -> Optional.empty(),
            true,
            1,
            state,
            new SecureRandom());
  }

  String name() {
    return identity.name();
  }

  Participant participant() {
    return identity.participant();
  }

  Signer signer() {
    return CertificateEnrolment.signer(identity);
  }

  HelperHello hello(String run, int round) {
    return keys.computeIfAbsent(
            run + "/" + round,
            any ->
                HelperKey.generate(
                    Federation.of(identity), run, round, signer(), new SecureRandom()))
        .hello();
  }

  /// An honest contribution to every segment.
  ///
  /// @param blocks gets the uploads, under the client's name and the segment
  List<CuriousCoordinator.Delivered> deliver(
      VerifiedRound opened, Tensors model, Map<String, byte[]> blocks) throws IOException {
    VerifiedRound round = role.accept(opened.open());
    round.requireModel(model);
    try (ClientUpdate update = new ClientUpdate(Tensors.allocate(opened.open().layout()), 100);
        Contribution contribution = role.contribute(round, update)) {
      List<CuriousCoordinator.Delivered> delivered = new java.util.ArrayList<>();
      for (int segment = 0; segment < round.segments().size(); segment++) {
        try (UpdateProtector protector = contribution.protect(segment)) {
          ByteBuffer stream = ByteBuffer.allocate((int) protector.length());
          while (stream.hasRemaining()) {
            protector.read(stream);
          }
          blocks.put(CuriousCoordinator.name(name(), segment, 0), stream.array());
          delivered.add(new CuriousCoordinator.Delivered(protector.manifest(), protector.shares()));
        }
      }
      return delivered;
    }
  }

  /// The same manifest with other shares, signed: whatever they are, it says that they are its own.
  Manifest resigned(Manifest manifest, List<SealedShare> shares) {
    return new Manifest(
            manifest.ctx(),
            name(),
            manifest.segment(),
            manifest.attempt(),
            manifest.weight(),
            manifest.length(),
            manifest.root(),
            shares.stream().map(SealedShare::hash).toList(),
            Bytes.EMPTY)
        .signed(signer());
  }

  CohortSignature sign(Cohort cohort) {
    return new CohortSignature(
            cohort.ctx(), name(), cohort.segment(), cohort.attempt(), cohort.hash(), Bytes.EMPTY)
        .signed(signer());
  }

  /// Its part of the sum over any cohort.
  ///
  /// @param shares all that were sealed for it
  Reveal reveal(VerifiedRound round, Cohort cohort, Shares shares) {
    HelperKey key = keys.get(round.open().run() + "/" + round.open().round());
    int[] sum = new int[round.plan().shareValues()];
    for (Shares.Candidate candidate : shares.candidates()) {
      if (key != null && cohort.clients().contains(candidate.manifest().client())) {
        Shamir.addInto(key.open(candidate.share(), sum.length), sum);
      }
    }
    return new Reveal(
            cohort.ctx(),
            name(),
            cohort.segment(),
            cohort.attempt(),
            cohort.hash(),
            Coefficients.of(sum),
            Bytes.EMPTY)
        .signed(signer());
  }

  @Override
  public void close() throws IOException {
    keys.values().forEach(HelperKey::close);
    journal.close();
    identity.close();
  }
}
