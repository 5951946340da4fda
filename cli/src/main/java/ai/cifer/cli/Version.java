package ai.cifer.cli;

import picocli.CommandLine.IVersionProvider;

/// The version in the manifest of the jar.
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Cifer.class.getPackage().getImplementationVersion();
    return new String[] {
      "cifer %s, Java %s, %s %s"
          .formatted(
              version == null ? "of unpackaged classes" : version,
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"))
    };
  }
}
