package ai.cifer.cli.exit;

import ai.cifer.node.NodeException;

/// The numbers with which the command ends; each has a page `docs/errors/<number>.md`.
///
/// The tens group them: 10 configuration, 20 identity and connection, 30 data and model, 40 the
/// round, 50 disk, 60 platform, 70 encryption keys. 130 is what shells report for a command that
/// Ctrl-C ended.
public enum ExitCode {
  OK(0, "success"),
  UNEXPECTED(1, "unexpected failure"),
  USAGE(2, "the command line is not understood"),
  CONFIG_INVALID(10, "the configuration is invalid"),
  CONFIG_UNREADABLE(11, "the configuration cannot be read"),
  IDENTITY_UNUSABLE(20, "a certificate or private key is unusable"),
  WRONG_AUTHORITY(21, "the other side's certificate is of another authority"),
  COORDINATOR_UNREACHABLE(22, "the coordinator cannot be reached"),
  REFUSED(23, "the coordinator refused this participant"),
  PORT_IN_USE(24, "the port is in use"),
  DATASET_UNREADABLE(30, "the dataset is missing or cannot be read"),
  DATASET_MISMATCH(31, "the dataset does not fit the model"),
  MODEL_UNREADABLE(32, "the model cannot be read"),
  TRAINER_FAILED(33, "the program that trains failed"),
  TOO_FEW_PARTICIPANTS(40, "too few participants"),
  KEY_HOLDER_LOST(41, "the key holder is lost"),
  UPDATE_REFUSED(42, "an update holds values that are not finite"),
  OPENING_FAILED(43, "a sum could not be opened"),
  ROUND_ABORTED(44, "a round was aborted"),
  DISK(50, "the disk is full or not writable"),
  DAMAGED(51, "a file of a run is damaged"),
  PLATFORM(60, "this platform is not supported"),
  KEY_FILE_UNUSABLE(70, "a key file is missing, of another kind, or open to others"),
  WRONG_PASSPHRASE(71, "the passphrase does not open the key"),
  KEY_FILE_DAMAGED(72, "a key file is damaged"),
  INTERRUPTED(130, "interrupted");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /// What the process ends with.
  public int number() {
    return number;
  }

  /// One line for people.
  public String meaning() {
    return meaning;
  }

  /// Where the cure stands, relative to the project's root.
  public String page() {
    return "docs/errors/" + number + ".md";
  }

  /// The exit code of a kind of failure of a node.
  public static ExitCode of(NodeException.Reason reason) {
    return switch (reason) {
      case CONFIG_INVALID -> CONFIG_INVALID;
      case CONFIG_UNREADABLE -> CONFIG_UNREADABLE;
      case IDENTITY_UNUSABLE -> IDENTITY_UNUSABLE;
      case WRONG_AUTHORITY -> WRONG_AUTHORITY;
      case COORDINATOR_UNREACHABLE -> COORDINATOR_UNREACHABLE;
      case REFUSED -> REFUSED;
      case PORT_IN_USE -> PORT_IN_USE;
      case DATASET_UNREADABLE -> DATASET_UNREADABLE;
      case DATASET_MISMATCH -> DATASET_MISMATCH;
      case MODEL_UNREADABLE -> MODEL_UNREADABLE;
      case TRAINER_FAILED -> TRAINER_FAILED;
      case TOO_FEW_PARTICIPANTS -> TOO_FEW_PARTICIPANTS;
      case KEY_HOLDER_LOST -> KEY_HOLDER_LOST;
      case UPDATE_REFUSED -> UPDATE_REFUSED;
      case OPENING_FAILED -> OPENING_FAILED;
      case ROUND_ABORTED -> ROUND_ABORTED;
      case DISK -> DISK;
      case DAMAGED -> DAMAGED;
      case PLATFORM -> PLATFORM;
      case INTERRUPTED -> INTERRUPTED;
    };
  }
}
