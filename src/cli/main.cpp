// The program's command line. The only file that includes CLI11.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <string>

#include "cli/approvals.h"
#include "cli/audit.h"
#include "cli/check_config.h"
#include "cli/credentials.h"
#include "cli/explain_command.h"
#include "cli/healthcheck.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/upstream_role.h"

namespace {

using namespace sluice;

constexpr const char* kVersion = "0.1.0";
constexpr const char* kDefaultConfig = "/etc/sluice/sluice.yaml";

/// One verb: what it takes, and what it does once the arguments are read.
struct Verbs {
  CLI::App app{"Sluice: a gateway between agents and PostgreSQL that masks, holds, counts and records."};
  std::function<int()> chosen;

  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what, const std::string& footer, std::function<int()> action) {
    CLI::App* verb = parent.add_subcommand(name, what);
    verb->footer(footer);
    verb->callback([this, action = std::move(action)] { chosen = action; });
    return verb;
  }
};

void add_config(CLI::App* verb, std::string& path) {
  verb->add_option("--config", path, "Configuration file")->capture_default_str()->envname("SLUICE_CONFIG");
}

void add_format(CLI::App* verb, bool& json) {
  verb->add_option_function<std::string>("--format", [&json](const std::string& format) { json = format == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
}

void add_run(Verbs& verbs, cli::RunOptions& options) {
  options.config_path = kDefaultConfig;
  CLI::App* verb = verbs.add(verbs.app, "run", "Run the gateway until SIGTERM; SIGHUP reads the configuration anew.",
                             "Example:\n  sluice run --config /etc/sluice/sluice.yaml\n\n"
                             "Exit: 0 after an orderly end, 1 if it could not start.",
                             [&options] { return cli::run_gateway(options); });
  add_config(verb, options.config_path);
}

void add_check_config(Verbs& verbs, cli::CheckConfigOptions& options) {
  CLI::App* verb = verbs.add(verbs.app, "check-config", "Find every mistake in a configuration file.",
                             "Example:\n  sluice check-config --strict config/sluice.yaml\n\n"
                             "Prints file:line:col: error|warning: message. Exit: 0 usable, 1 not.",
                             [&options] { return cli::check_config(options); });
  verb->add_option("file", options.file, "Configuration file")->required();
  verb->add_flag("--strict", options.strict, "Warnings count as errors");
  verb->add_flag("--connect", options.connect, "Also look whether tags and rules match anything in the databases");
  add_format(verb, options.json);
}

void add_explain(Verbs& verbs, cli::ExplainOptions& options) {
  options.config_path = kDefaultConfig;
  CLI::App* verb = verbs.add(verbs.app, "explain", "Say what would become of a statement, without running it.",
                             "Example:\n  sluice explain \"SELECT email FROM customers\" --as support-bot --db shop\n\n"
                             "Exit: 0 allow, 10 mask, 20 hold, 30 deny, 1 an error.",
                             [&options] { return cli::explain_statement(options); });
  verb->add_option("statement", options.statement, "SQL text")->required();
  verb->add_option("--as", options.identity, "Identity that would send it")->required();
  verb->add_option("--db", options.database, "Database by its name in the configuration; not needed if there is one");
  verb->add_option("--search-path", options.search_path, "Schemas, separated by commas (default: public)");
  add_config(verb, options.config_path);
  add_format(verb, options.json);
}

void add_credentials(Verbs& verbs) {
  verbs.add(verbs.app, "scram-verifier", "Turn a password from standard input into the verifier that the configuration holds.",
            "Example:\n  sluice scram-verifier < password.txt\n\nExit: 0, or 1 without a password.", cli::make_scram_verifier);
  verbs.add(verbs.app, "token", "Make an API token for a person, and the hash of it that the configuration holds.",
            "Example:\n  sluice token\n\nThe token is shown once and kept nowhere. Exit: 0.", cli::make_token);
}

void add_api(CLI::App* verb, cli::ApiOptions& api) {
  verb->add_option("--url", api.url, "Where the REST API is: http://host:port, https://host:port or unix:/path")->envname("SLUICE_URL");
  verb->add_option("--token-file", api.token_file, "File with your API token (default: the variable SLUICE_TOKEN)");
}

struct ApprovalsOptions {
  cli::ApprovalsListOptions list;
  cli::ApprovalsShowOptions show;
  cli::ApprovalsDecideOptions approve;
  cli::ApprovalsDecideOptions deny;
};

void add_decision(Verbs& verbs, CLI::App& parent, const std::string& name, const std::string& what, cli::ApprovalsDecideOptions& options) {
  options.approve = name == "approve";
  CLI::App* verb = verbs.add(parent, name, what,
                             "Example:\n  sluice approvals " + name + " AR01J… --reason \"agreed with the customer\"\n\nExit: 0 or 1.",
                             [&options] { return cli::approvals_decide(options); });
  verb->add_option("id", options.id, "Approval request")->required();
  verb->add_option("--reason", options.reason, "Why; the agent sees it if you deny");
  add_api(verb, options.api);
  add_format(verb, options.json);
}

void add_approvals(Verbs& verbs, ApprovalsOptions& options) {
  CLI::App* parent = verbs.app.add_subcommand("approvals", "Decide on statements that wait for a person.");
  parent->require_subcommand(1);
  CLI::App* list = verbs.add(*parent, "list", "List approval requests.", "Example:\n  sluice approvals list\n\nExit: 0 or 1.",
                             [&options] { return cli::approvals_list(options.list); });
  list->add_option("--state", options.list.state, "pending, approved, denied, expired, withdrawn, consumed or all")->capture_default_str();
  add_api(list, options.list.api);
  add_format(list, options.list.json);
  CLI::App* show = verbs.add(*parent, "show", "Show who wants to run what, whole.", "Example:\n  sluice approvals show AR01J…\n\nExit: 0 or 1.",
                             [&options] { return cli::approvals_show(options.show); });
  show->add_option("id", options.show.id, "Approval request")->required();
  add_api(show, options.show.api);
  add_format(show, options.show.json);
  add_decision(verbs, *parent, "approve", "Let the statement run, once.", options.approve);
  add_decision(verbs, *parent, "deny", "Refuse the statement.", options.deny);
}

void add_healthcheck(Verbs& verbs, cli::HealthcheckOptions& options) {
  options.config_path = kDefaultConfig;
  CLI::App* verb = verbs.add(verbs.app, "healthcheck", "Ask the running gateway whether it can work.",
                             "Example:\n  sluice healthcheck --config /etc/sluice/sluice.yaml\n\n"
                             "Exit: 0 it can, 1 it cannot or does not answer.",
                             [&options] { return cli::healthcheck(options); });
  add_config(verb, options.config_path);
}

void add_report(Verbs& verbs, cli::ReportUsageOptions& options) {
  options.config_path = kDefaultConfig;
  CLI::App* report = verbs.app.add_subcommand("report", "Reports from the store, while the gateway runs or not.");
  report->require_subcommand(1);
  CLI::App* verb = verbs.add(*report, "usage", "Who used how much of which data.",
                             "Example:\n  sluice report usage --from 2026-01-01 --group-by identity,tag --format csv\n\n"
                             "Groups: hour, day, identity, acts_for, database, table, column, tag, use, masked. Exit: 0, or 1 if it failed.",
                             [&options] { return cli::report_usage(options); });
  verb->add_option("--from", options.from, "From this time on: 2026-01-31 or 2026-01-31T12:00:00Z, rounded down to the hour");
  verb->add_option("--to", options.to, "Before this time, rounded up to the hour");
  verb->add_option("--identity", options.identity, "Only this identity");
  verb->add_option("--db", options.database, "Only this database");
  verb->add_option("--tag", options.tag, "Only columns with this tag");
  verb->add_option("--group-by", options.group_by, "What to break down by")->delimiter(',')->capture_default_str();
  verb->add_option("--format", options.format, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}))->capture_default_str();
  add_config(verb, options.config_path);
}

struct AuditOptions {
  cli::AuditVerifyOptions verify;
  cli::AuditShowOptions show;
};

void add_audit(Verbs& verbs, AuditOptions& options) {
  CLI::App* audit = verbs.app.add_subcommand("audit", "Check and read the audit log.");
  audit->require_subcommand(1);
  CLI::App* verify = verbs.add(*audit, "verify", "Check that no record was changed, added, removed or exchanged.",
                               "Example:\n  sluice audit verify var/audit\n\n"
                               "Keep the anchor that it prints elsewhere: with --anchor a log that was made anew shows as well.\n"
                               "Exit: 0 all is as it was written, 2 it is not, 1 it could not be checked.",
                               [&options] { return cli::audit_verify(options.verify); });
  verify->add_option("directory", options.verify.directory, "The log's directory")->required();
  verify->add_option("--anchor", options.verify.anchor, "SEQUENCE:DIGEST as an earlier verification printed it");
  CLI::App* show = verbs.add(*audit, "show", "Print the last records for people to read.",
                             "Example:\n  sluice audit show var/audit --last 50\n\nExit: 0, or 1 if it failed.",
                             [&options] { return cli::audit_show(options.show); });
  show->add_option("directory", options.show.directory, "The log's directory")->required();
  show->add_option("--last", options.show.last, "How many; 0 for all")->capture_default_str();
}

void add_upstream_role(Verbs& verbs, cli::UpstreamRoleOptions& options) {
  options.config_path = kDefaultConfig;
  CLI::App* verb = verbs.add(verbs.app, "upstream-role", "Look at the role that Sluice uses in a database, or print the DDL that makes it as weak as possible.",
                             "Example:\n  sluice upstream-role --print-sql | psql -d shop\n\n"
                             "Exit: 0 all is well, 2 the role may see values that rules mask, 1 an error.",
                             [&options] { return cli::upstream_role(options); });
  verb->add_flag("--print-sql", options.print_sql, "Print DDL for today's tags and rules");
  verb->add_option("--database", options.database, "Which; may be left out if there is only one");
  verb->add_option("--role", options.role, "Another role than the one in the configuration; --print-sql creates it");
  add_config(verb, options.config_path);
}

void add_version(Verbs& verbs) {
  verbs.add(verbs.app, "version", "Print the version.", "Example:\n  sluice version", [] {
    std::printf("sluice %s (SQL grammar of PostgreSQL 15)\n", kVersion);
    return 0;
  });
}

}  // namespace

int main(int argc, char** argv) {
  Verbs verbs;
  cli::RunOptions run;
  cli::CheckConfigOptions check_config;
  cli::ExplainOptions explain;
  cli::HealthcheckOptions healthcheck;
  ApprovalsOptions approvals;
  cli::ReportUsageOptions report;
  AuditOptions audit;
  cli::UpstreamRoleOptions upstream_role;
  add_run(verbs, run);
  add_check_config(verbs, check_config);
  add_explain(verbs, explain);
  add_approvals(verbs, approvals);
  add_report(verbs, report);
  add_audit(verbs, audit);
  add_upstream_role(verbs, upstream_role);
  add_credentials(verbs);
  add_healthcheck(verbs, healthcheck);
  add_version(verbs);
  verbs.app.require_subcommand(1);
  verbs.app.set_version_flag("--version", std::string("sluice ") + kVersion);
  verbs.app.footer("`sluice VERB --help` shows a verb's options, an example and its exit codes. A wrong command line exits with 2.");
  try {
    verbs.app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {  // also --help and --version
    return verbs.app.exit(problem) == 0 ? 0 : 2;
  }
  return verbs.chosen();
}
