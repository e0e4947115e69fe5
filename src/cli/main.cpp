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
  cli::ApprovalsShowOptions show, reviews, delegations, standing;
  cli::ApprovalsDecideOptions approve, deny;
  cli::ApprovalsActOptions withdraw, break_glass, undelegate, agree, revoke;
  cli::ApprovalsReviewOptions review;
  cli::ApprovalsWatchOptions watch;
  cli::ApprovalsLinkOptions link, links, unlink;
  cli::ApprovalsEvidenceOptions evidence;
  cli::DelegateOptions delegate;
  cli::StandingOptions make;
};

void add_decision(Verbs& verbs, CLI::App& parent, const std::string& name, const std::string& what, cli::ApprovalsDecideOptions& options) {
  options.approve = name == "approve";
  CLI::App* verb = verbs.add(parent, name, what,
                             "Example:\n  sluice approvals " + name + " AR01J… --reason \"agreed with the customer\"\n\n"
                             "Nothing is decided if the request has changed since it was read. Exit: 0 or 1.",
                             [&options] { return cli::approvals_decide(options); });
  verb->add_option("id", options.id, "Approval request")->required();
  verb->add_option("--reason", options.reason, "Why; the agent sees it if you deny");
  if (options.approve) verb->add_flag("-y,--yes", options.yes, "Do not show the request and ask, on a terminal");
  add_api(verb, options.api);
  add_format(verb, options.json);
}

// A verb about one object, which may have a reason.
CLI::App* add_act(Verbs& verbs, CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                  cli::ApprovalsActOptions& options, std::function<int()> action, bool with_reason = true) {
  CLI::App* verb = verbs.add(parent, name, what, "Example:\n  sluice approvals " + example + "\n\nExit: 0 or 1.", std::move(action));
  verb->add_option("id", options.id, "Which")->required();
  if (with_reason) verb->add_option("--reason", options.reason, "Why");
  add_api(verb, options.api);
  add_format(verb, options.json);
  return verb;
}

CLI::App* add_listing(Verbs& verbs, CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                      cli::ApiOptions& api, bool& json, std::function<int()> action) {
  CLI::App* verb = verbs.add(parent, name, what, "Example:\n  sluice approvals " + example + "\n\nExit: 0 or 1.", std::move(action));
  add_api(verb, api);
  add_format(verb, json);
  return verb;
}

void add_requests(Verbs& verbs, CLI::App& parent, ApprovalsOptions& options) {
  CLI::App* list = add_listing(verbs, parent, "list", "List approval requests.", "list", options.list.api, options.list.json,
                               [&options] { return cli::approvals_list(options.list); });
  list->add_option("--state", options.list.state, "pending, approved, denied, expired, withdrawn, consumed or all")->capture_default_str();
  list->add_option("--requester", options.list.requester, "Only of this identity");
  list->add_option("--db", options.list.database, "Only for this database");
  list->add_option("--action", options.list.action, "Only with this action, such as export");
  list->add_flag("--mine", options.list.mine, "Only what you, an agent of yours, or somebody on your behalf asked for");
  CLI::App* show = add_listing(verbs, parent, "show", "Show who wants to run what, whole.", "show AR01J…", options.show.api, options.show.json,
                               [&options] { return cli::approvals_show(options.show); });
  show->add_option("id", options.show.id, "Approval request")->required();
  add_decision(verbs, parent, "approve", "Let the statement run, once.", options.approve);
  add_decision(verbs, parent, "deny", "Refuse the statement.", options.deny);
  add_act(verbs, parent, "withdraw", "Take back what you or your agent asked for.", "withdraw AR01J…", options.withdraw,
          [&options] { return cli::approvals_withdraw(options.withdraw); });
  CLI::App* watch = add_listing(verbs, parent, "watch", "Print what happens to requests, while it happens.", "watch", options.watch.api, options.watch.json,
                                [&options] { return cli::approvals_watch(options.watch); });
  watch->add_option_function<std::uint64_t>("--after", [&options](std::uint64_t number) {
    options.watch.after = number;
    options.watch.from_now = false;
  }, "Begin behind this event; 0: with the first");
  watch->add_option("--count", options.watch.count, "End after so many events");
  CLI::App* evidence = verbs.add(parent, "evidence", "Write down all that proves who approved what, and what became of it.",
                                 "Example:\n  sluice approvals evidence AR01J… --output evidence.json\n"
                                 "  sluice audit verify var/audit --evidence evidence.json\n\nExit: 0 or 1.",
                                 [&options] { return cli::approvals_evidence(options.evidence); });
  evidence->add_option("id", options.evidence.id, "Approval request")->required();
  evidence->add_option("--output", options.evidence.output, "File (default: standard output)");
  add_api(evidence, options.evidence.api);
}

void add_accounts(Verbs& verbs, CLI::App& parent, ApprovalsOptions& options) {
  CLI::App* link = add_listing(verbs, parent, "link", "Confirm that an account in a chat is yours, with the code that it was told.", "link K7QM2-PXR9D",
                               options.link.api, options.link.json, [&options] { return cli::approvals_link(options.link); });
  link->add_option("code", options.link.code, "The code")->required();
  add_listing(verbs, parent, "links", "List your accounts in chats.", "links", options.links.api, options.links.json,
              [&options] { return cli::approvals_links(options.links); });
  CLI::App* unlink = add_listing(verbs, parent, "unlink", "Say that an account is yours no longer.", "unlink slack T123/U456", options.unlink.api,
                                 options.unlink.json, [&options] { return cli::approvals_unlink(options.unlink); });
  unlink->add_option("channel", options.unlink.channel, "slack or teams")->required();
  unlink->add_option("account", options.unlink.account, "As `links` shows it")->required();
}

void add_rights(Verbs& verbs, CLI::App& parent, ApprovalsOptions& options) {
  CLI::App* delegate = add_listing(verbs, parent, "delegate", "Lend somebody your right to decide, for a while.",
                                   "delegate carol --until 2026-12-01 --reason holidays", options.delegate.api, options.delegate.json,
                                   [&options] { return cli::approvals_delegate(options.delegate); });
  delegate->add_option("to", options.delegate.to, "To whom")->required();
  delegate->add_option("--until", options.delegate.until, "Date or time")->required();
  delegate->add_option("--from", options.delegate.from, "Date or time (default: now)");
  delegate->add_option("--groups", options.delegate.groups, "Only what these groups of yours may decide")->delimiter(',');
  delegate->add_option("--reason", options.delegate.reason, "Why");
  add_listing(verbs, parent, "delegations", "List what you have lent and borrowed.", "delegations", options.delegations.api, options.delegations.json,
              [&options] { return cli::approvals_delegations(options.delegations); });
  add_act(verbs, parent, "undelegate", "End a delegation.", "undelegate DG01J…", options.undelegate,
          [&options] { return cli::approvals_undelegate(options.undelegate); }, false);
  add_act(verbs, parent, "break-glass", "Approve alone, in an emergency; somebody else must review it.", "break-glass AR01J… --reason \"outage 4711\"",
          options.break_glass, [&options] { return cli::approvals_break_glass(options.break_glass); });
  add_listing(verbs, parent, "reviews", "List what was approved by breaking the glass and waits for a review.", "reviews", options.reviews.api,
              options.reviews.json, [&options] { return cli::approvals_reviews(options.reviews); });
  CLI::App* review = add_act(verbs, parent, "review", "Say what you think of a broken glass.", "review AR01J… --justified --reason \"the outage was real\"",
                             options.review.act, [&options] { return cli::approvals_review(options.review); });
  review->add_flag("--justified,!--not-justified", options.review.justified, "Whether it was right")->required();
}

void add_standing(Verbs& verbs, CLI::App& approvals, ApprovalsOptions& options) {
  CLI::App* parent = approvals.add_subcommand("standing", "Approvals for statements of one shape, within bounds.");
  parent->require_subcommand(1);
  add_listing(verbs, *parent, "list", "List standing approvals.", "standing list", options.standing.api, options.standing.json,
              [&options] { return cli::standing_list(options.standing); });
  CLI::App* make = add_listing(verbs, *parent, "make", "Make one of an approved request.",
                               "standing make AR01J… --uses 20 --rows 1000 --hours 24 --reason \"nightly export\"", options.make.api, options.make.json,
                               [&options] { return cli::standing_make(options.make); });
  make->add_option("id", options.make.id, "Approval request")->required();
  make->add_option("--uses", options.make.uses, "How often")->required();
  make->add_option("--rows", options.make.rows, "Rows of all uses together")->required();
  make->add_option("--hours", options.make.hours, "For how long")->required();
  make->add_option("--reason", options.make.reason, "Why")->required();
  add_act(verbs, *parent, "agree", "Agree to one that needs more people.", "standing agree SA01J… --reason \"same here\"", options.agree,
          [&options] { return cli::standing_agree(options.agree); });
  add_act(verbs, *parent, "revoke", "End one.", "standing revoke SA01J… --reason \"no longer needed\"", options.revoke,
          [&options] { return cli::standing_revoke(options.revoke); });
}

void add_approvals(Verbs& verbs, ApprovalsOptions& options) {
  CLI::App* parent = verbs.app.add_subcommand("approvals", "Decide on statements that wait for a person.");
  parent->require_subcommand(1);
  add_requests(verbs, *parent, options);
  add_accounts(verbs, *parent, options);
  add_rights(verbs, *parent, options);
  add_standing(verbs, *parent, options);
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
  verify->add_option("directory", options.verify.directory, "The log's directory");
  verify->add_option("--evidence", options.verify.evidence, "A file of `sluice approvals evidence`: compared with the log if its directory is given");
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
