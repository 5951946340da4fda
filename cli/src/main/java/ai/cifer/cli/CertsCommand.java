package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cifer certs`: who is who in a federation.
@Command(
    name = "certs",
    description =
        "Make identities: an authority, requests, certificates. Private keys stay at home.",
    synopsisHeading = "Usage: ",
    commandListHeading = "%nCommands%n",
    optionListHeading = "%nOptions%n",
    footerHeading = "%nExample%n",
    footer = {
      "  The organiser:    cifer certs init --out authority",
      "  Each participant: cifer certs request --role client --name clinic-1 --out clinic-1",
      "                    and sends clinic-1/certificate_request.pem to the organiser",
      "  The organiser:    cifer certs sign clinic-1/certificate_request.pem \\",
      "                        --authority authority --out clinic-1/certificate.pem",
      "                    and sends back certificate.pem and authority/ca.pem"
    })
final class CertsCommand {

  private final Terminal terminal;

  @Mixin HelpOption help = new HelpOption();

  CertsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "init",
      description = "Make the authority that enrols the participants of one federation.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer certs init --out authority --name heart-study"})
  int init(
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Gets ca.pem for everybody and ca_key.pem for nobody else.")
          Path out,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              defaultValue = "cifer-authority",
              description = "Name of the federation (default: ${DEFAULT-VALUE}).")
          String name,
      @Option(
              names = "--days",
              paramLabel = "N",
              defaultValue = "3650",
              description = "How long it is valid (default: ${DEFAULT-VALUE}).")
          int days,
      @Mixin Common common)
      throws Exception {
    new Certificates(terminal, common.json()).init(out, name, days);
    return ExitCode.OK.number();
  }

  @Command(
      name = "request",
      description = "Make a participant's private keys and the request for its certificate.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExamples%n  cifer certs request --role client --name clinic-1 --out clinic-1",
        "  cifer certs request --role coordinator --name hub --host fl.example.org --out hub"
      })
  int request(
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "coordinator, client or key-holder.")
          String role,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "Unique in the federation: letters, digits, '.', '_' and '-'.")
          String name,
      @Option(
              names = "--host",
              paramLabel = "NAME",
              description =
                  "DNS name or address under which a coordinator is reached; may be repeated.")
          List<String> hosts,
      @Option(
              names = "--project",
              paramLabel = "NAME",
              description = "Restricts the certificate to one project.")
          Optional<String> project,
      @Option(
              names = "--company",
              paramLabel = "NAME",
              description = "The company, for others to see.")
          Optional<String> company,
      @Option(
              names = "--out",
              paramLabel = "FOLDER",
              required = true,
              description = "Gets private_key.pem, which stays there, and certificate_request.pem.")
          Path out,
      @Mixin Common common)
      throws Exception {
    new Certificates(terminal, common.json())
        .request(out, role, name, hosts == null ? List.of() : hosts, project, company);
    return ExitCode.OK.number();
  }

  @Command(
      name = "sign",
      description = "Certify a request. Look at what it asks for before: 'cifer certs show FILE'.",
      optionListHeading = "%nOptions%n",
      footer = {
        "%nExample%n  cifer certs sign clinic-1/certificate_request.pem --authority authority \\",
        "      --out clinic-1/certificate.pem"
      })
  int sign(
      @Parameters(paramLabel = "REQUEST", description = "A certificate_request.pem.") Path request,
      @Option(
              names = "--authority",
              paramLabel = "FOLDER",
              required = true,
              description = "The folder that 'cifer certs init' made.")
          Path authority,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Gets the certificate (default: certificate.pem beside the request).")
          Optional<Path> out,
      @Option(
              names = "--days",
              paramLabel = "N",
              defaultValue = "365",
              description = "How long it is valid (default: ${DEFAULT-VALUE}).")
          int days,
      @Mixin Common common)
      throws Exception {
    new Certificates(terminal, common.json())
        .sign(request, authority, out.orElse(request.resolveSibling("certificate.pem")), days);
    return ExitCode.OK.number();
  }

  @Command(
      name = "show",
      description = "Show whom a certificate or a request speaks of. Private keys are not read.",
      optionListHeading = "%nOptions%n",
      footer = {"%nExample%n  cifer certs show clinic-1/certificate.pem"})
  int show(
      @Parameters(paramLabel = "FILE", description = "A certificate or a request.") Path file,
      @Mixin Common common)
      throws Exception {
    new Certificates(terminal, common.json()).show(file);
    return ExitCode.OK.number();
  }
}
