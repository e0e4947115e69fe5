#include "store/evidence.h"

#include <nlohmann/json.hpp>

#include "approvals/card_record.h"
#include "approvals/request_json.h"
#include "audit/json_text.h"
#include "base/digest.h"

namespace sluice::store {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string text_of(Timestamp at) {
  std::string text;
  audit::append_time(text, at);
  return text;
}

ordered_json votes_json(const approvals::ApprovalRequest& request, const std::vector<EvidenceLine>& lines) {
  // The log knows each voter's groups at that moment.
  ordered_json votes = ordered_json::array();
  for (const approvals::Vote& vote : request.votes) {
    ordered_json groups = ordered_json::array();
    for (const EvidenceLine& line : lines) {
      const json record = json::parse(line.line, nullptr, false);
      if (record.value("event", "") == "approval_decided" && record.value("approver", "") == vote.approver.text) groups = record.at("approver_groups");
    }
    votes.push_back({{"approver", vote.approver.text},
                     {"groups", std::move(groups)},
                     {"decision", vote.approve ? "approve" : "deny"},
                     {"reason", vote.reason},
                     {"at", text_of(vote.at)},
                     {"channel", vote.channel},
                     {"card_sha256", vote.card.empty() ? ordered_json() : ordered_json(vote.card)}});
  }
  return votes;
}

ordered_json policy_json(std::uint64_t version, const std::vector<EvidenceLine>& lines) {
  ordered_json policy{{"version", version}, {"file_sha256", nullptr}};
  for (const EvidenceLine& line : lines) {
    const json record = json::parse(line.line, nullptr, false);
    if (record.value("event", "") == "policy_published") policy["file_sha256"] = record.at("file_sha256");
  }
  return policy;
}

}  // namespace

Result<StoredEvidence> stored_evidence(ApprovalStore& approvals, const RequestId& id, Timestamp now) {
  StoredEvidence stored;
  SLUICE_TRY(request, approvals.get(id, now));
  stored.request = std::move(request);
  for (const approvals::Vote& vote : stored.request.votes) {
    if (vote.card.empty()) continue;
    SLUICE_TRY(card, approvals.card(id, vote.card));
    stored.cards.push_back(std::move(card));
  }
  return stored;
}

Result<std::string> make_evidence(const StoredEvidence& stored, const std::vector<EvidenceLine>& lines, Timestamp made) {
  const approvals::ApprovalRequest& request = stored.request;
  SLUICE_TRY(document, approvals::encode_request_document(request.held, request.requirement));
  ordered_json bundle{{"format", "sluice evidence 1"},
                      {"made", text_of(made)},
                      {"request",
                       {{"id", request.id.text},
                        {"state", approvals::to_text(request.state)},
                        {"created", text_of(request.created)},
                        {"expires", text_of(request.expires)},
                        {"digest", to_hex(request.digest)},
                        {"document", ordered_json::parse(document)}}},
                      {"votes", votes_json(request, lines)},
                      {"cards", ordered_json::array()},
                      {"policy", policy_json(request.held.versions.policy, lines)},
                      {"execution", nullptr},
                      {"records", ordered_json::array()}};
  for (const std::string& card : stored.cards) bundle["cards"].push_back(ordered_json::parse(card));
  if (request.execution) bundle["execution"] = ordered_json::parse(approvals::encode_execution(*request.execution));
  for (const EvidenceLine& line : lines) bundle["records"].push_back({{"previous", to_hex(line.previous)}, {"line", line.line}});
  return bundle.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::store
