#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "approvals/card_record.h"
#include "approvals/request_json.h"
#include "base/digest.h"
#include "base/untrusted_json.h"
#include "store/audit_files.h"
#include "store/evidence.h"

namespace sluice::store {

using nlohmann::json;

namespace {

/// Collects what does not fit. Members that are missing make json throw, which is one more thing that does not fit.
class Checker {
 public:
  Checker(const json& bundle, EvidenceCheck& check) : bundle_(bundle), check_(check) {}

  void run() {
    step("request", &Checker::check_request);
    step("records", &Checker::check_records);
    step("filing", &Checker::check_filing);
    step("votes", &Checker::check_votes);
    step("cards", &Checker::check_cards);
    step("state", &Checker::check_state);
    step("execution", &Checker::check_execution);
    step("policy", &Checker::check_policy);
  }

 private:
  void step(const char* what, void (Checker::*check)()) {
    try {
      (this->*check)();
    } catch (const json::exception&) {
      fault(std::string("the part \"") + what + "\" is not as it should be");
    }
  }
  void fault(std::string text) { check_.faults.push_back(std::move(text)); }
  void expect(bool fits, const char* text) {
    if (!fits) fault(text);
  }
  [[nodiscard]] std::vector<const json*> events(const std::string& name) const {
    std::vector<const json*> found;
    for (const json& record : records_) {
      if (record.at("event") == name) found.push_back(&record);
    }
    return found;
  }

  void check_request() {
    const json& request = bundle_.at("request");
    check_.request = request.at("id").get<std::string>();
    check_.state = request.at("state").get<std::string>();
    const Status decoded = approvals::decode_request_document(request.at("document").dump(), request_);
    expect(decoded.ok(), "the request's document cannot be read");
    expect(to_hex(approvals::digest_of(request_.held, request_.requirement)) == request.at("digest"), "the request does not match its digest");
  }

  void check_records() {
    audit::Linker linker;
    audit::ChainHead before;
    for (const json& entry : bundle_.at("records")) {
      const std::string& line = entry.at("line").get_ref<const std::string&>();
      const auto seal = audit::seal_of(line);
      Digest previous{};
      if (!seal || !from_hex(entry.at("previous").get_ref<const std::string&>(), previous)) {
        fault("a record has not the shape of one");
        continue;
      }
      const std::string number = "record " + std::to_string(seal->sequence);
      if (linker.link(previous, seal->text) != seal->digest) fault(number + " does not match its digest and its link");
      if (seal->sequence <= before.sequence) fault(number + " is out of order");
      if (seal->sequence == before.sequence + 1 && before.sequence > 0 && previous != before.digest) fault(number + " is not linked to the one before it");
      before = {seal->sequence, seal->digest};
      records_.push_back(json::parse(line));
    }
    check_.records = records_.size();
    check_.newest = before;
    expect(!records_.empty(), "there are no records");
  }

  void check_filing() {
    const auto filed = events("approval_requested");
    if (filed.size() != 1) return fault("there is not exactly one record of the filing");
    const json& record = *filed.front();
    expect(record.at("request") == check_.request, "the filing is of another request");
    expect(record.at("bound_sha256") == bundle_.at("request").at("digest"), "the filing has another digest");
    expect(record.at("text_sha256") == to_hex(sha256(request_.held.statement)), "the filing has another statement");
    expect(record.at("requester").at("id") == request_.held.requester.id.text, "the filing has another requester");
  }

  void check_votes() {
    const auto decided = events("approval_decided");
    const json& votes = bundle_.at("votes");
    if (decided.size() != votes.size()) return fault("votes and their records differ in number");
    for (const json& vote : votes) {
      const bool recorded = std::any_of(decided.begin(), decided.end(), [&](const json* record) {
        return record->at("request") == check_.request && record->at("approver") == vote.at("approver") &&
               record->at("approver_groups") == vote.at("groups") && record->at("reason") == vote.at("reason") &&
               record->at("channel") == vote.at("channel") && record->at("approve") == (vote.at("decision") == "approve") &&
               record->value("card_sha256", json()) == vote.at("card_sha256");
      });
      if (!recorded) fault("the vote of " + vote.at("approver").get<std::string>() + " is not as it was recorded");
    }
  }

  void check_cards() {
    std::vector<std::string> digests;
    for (const json& card : bundle_.at("cards")) {
      const auto decoded = approvals::decode_card(card.dump());
      if (!decoded.ok()) {
        fault("a card cannot be read");
        continue;
      }
      expect(decoded->id.text == check_.request, "a card is of another request");
      digests.push_back(to_hex(approvals::digest_of(*decoded)));
    }
    for (const json& vote : bundle_.at("votes")) {
      const json& digest = vote.at("card_sha256");
      if (digest.is_null()) continue;
      const bool there = std::find(digests.begin(), digests.end(), digest.get<std::string>()) != digests.end();
      if (!there) fault("the card that " + vote.at("approver").get<std::string>() + " saw is missing, or is not as it was");
    }
  }

  // The last record about the request's state says what it is.
  void check_state() {
    std::string state = "pending";
    for (const json& record : records_) {
      const std::string event = record.at("event").get<std::string>();
      if (event == "approval_decided") state = record.at("state").get<std::string>();
      if (event == "approval_reopened") state = record.at("state").get<std::string>();
      if (event == "approval_by_standing") state = "approved";
      if (event == "approval_expired") state = "expired";
      if (event == "approval_withdrawn") state = "withdrawn";
      if (event == "approval_consumed") {
        state = "consumed";
        expect(record.at("bound_sha256") == bundle_.at("request").at("digest"), "what was used is not what was approved");
      }
    }
    expect(state == check_.state, "the request's state is not that of the records");
  }

  void check_execution() {
    const json& execution = bundle_.at("execution");
    if (execution.is_null()) return;
    const auto admitted = events("statement_admitted");
    const auto completed = events("statement_completed");
    if (admitted.empty() || completed.empty()) return fault("the execution has no records");
    bool ended_so = false;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    for (const json* record : completed) {
      ended_so = ended_so || record->at("outcome") == execution.at("outcome");
      rows += record->at("rows").get<std::uint64_t>();
      bytes += record->at("bytes").get<std::uint64_t>();
    }
    // The log counts rows that went to the agent, headers of COPY among them; the execution also those that were only written.
    const auto said = execution.at("rows").get<std::uint64_t>();
    const bool rows_fit = rows == 0 || (said <= rows && said + completed.size() >= rows);
    expect(ended_so && rows_fit && bytes == execution.at("bytes").get<std::uint64_t>(), "the execution is not as it was recorded");
  }

  void check_policy() {
    const json& policy = bundle_.at("policy");
    expect(policy.at("version") == request_.held.versions.policy, "the policy's version is not the request's");
    if (policy.at("file_sha256").is_null()) return;
    const auto published = events("policy_published");
    const bool recorded = std::any_of(published.begin(), published.end(), [&](const json* record) {
      return record->at("version") == policy.at("version") && record->at("file_sha256") == policy.at("file_sha256");
    });
    expect(recorded, "the policy is not as it was published");
  }

  const json& bundle_;
  EvidenceCheck& check_;
  approvals::ApprovalRequest request_;
  std::vector<json> records_;
};

/// That the log has these very records, and no other about the request.
Status compare_with_log(const json& bundle, const std::string& directory, EvidenceCheck& check) {
  std::map<std::uint64_t, std::string> lines;
  for (const json& entry : bundle.at("records")) {
    const std::string& line = entry.at("line").get_ref<const std::string&>();
    if (const auto seal = audit::seal_of(line)) lines[seal->sequence] = line;
  }
  const std::string named = "\"request\":\"" + check.request + "\"";
  SLUICE_TRY(segments, list_segments(directory));
  for (const Segment& segment : segments) {
    auto each = [&](std::string_view line) -> Status {
      const auto seal = audit::seal_of(line);
      if (!seal) return Done{};
      const auto found = lines.find(seal->sequence);
      if (found != lines.end()) {
        if (found->second != line) check.faults.push_back("record " + std::to_string(seal->sequence) + " is not that of the log");
        lines.erase(found);
      } else if (line.find(named) != std::string_view::npos) {
        check.faults.push_back("record " + std::to_string(seal->sequence) + " of the log is missing");
      }
      return Done{};
    };
    SLUICE_TRY(end, for_each_line(segment.path, each));
  }
  for (const auto& [sequence, line] : lines) check.faults.push_back("record " + std::to_string(sequence) + " is not in the log");
  return Done{};
}

}  // namespace

Result<EvidenceCheck> check_evidence(std::string_view text, const std::optional<std::string>& directory, const std::optional<audit::ChainHead>& anchor) {
  SLUICE_TRY(bundle, parse_untrusted(text));
  if (!bundle.is_object() || bundle.value("format", json()) != "sluice evidence 1") {
    return make_error(ErrorKind::bad_request, "this is no evidence of an approval request");
  }
  EvidenceCheck check;
  Checker(bundle, check).run();
  if (!directory || !check.faults.empty()) return check;
  SLUICE_TRY(verification, verify_directory(*directory, anchor));
  if (verification.fault) {
    check.faults.push_back("the log itself: record " + std::to_string(verification.fault->sequence) + ": " + verification.fault->what);
  }
  SLUICE_CHECK(compare_with_log(bundle, *directory, check));
  return check;
}

}  // namespace sluice::store
