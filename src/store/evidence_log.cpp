#include "store/evidence_log.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "audit/chain.h"
#include "audit/json_text.h"
#include "store/audit_files.h"

namespace sluice::store {
namespace {

using nlohmann::json;

// Records of several workers are interleaved: one may stand a little before an earlier one.
constexpr std::chrono::minutes kMargin{10};

std::string at_of(std::string_view line) {
  constexpr std::string_view kAt = "\"at\":\"";
  const std::size_t at = line.substr(0, 64).find(kAt);
  return at == std::string_view::npos ? std::string() : std::string(line.substr(at + kAt.size(), 27));
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Reads lines one after the other and knows what each is linked to.
class LinkedReader {
 public:
  using Wanted = std::function<bool(std::string_view line)>;

  Status read(const Segment& segment, const Wanted& wanted, std::map<std::uint64_t, EvidenceLine>& found) {
    bool first = true;
    Digest previous{};
    auto each = [&](std::string_view line) -> Status {
      const auto seal = audit::seal_of(line);
      if (!seal) return make_error(ErrorKind::audit_unavailable, "the audit log is damaged: sluice audit verify tells more");
      if (first) previous = previous_of_checkpoint(line);
      first = false;
      if (wanted(line)) found[seal->sequence] = EvidenceLine{seal->sequence, previous, std::string(line)};
      previous = seal->digest;
      return Done{};
    };
    SLUICE_TRY(end, for_each_line(segment.path, each));
    return Done{};
  }

 private:
  static Digest previous_of_checkpoint(std::string_view line) {
    Digest digest{};
    const json record = json::parse(line, nullptr, false);
    if (record.is_object()) (void)from_hex(record.value("previous", ""), digest);
    return digest;
  }
};

std::string journal_of(const json& record) {
  const std::string from = record.value("from", "");
  return from.substr(0, from.find(':'));
}

}  // namespace

Result<std::vector<EvidenceLine>> lines_about(const std::string& directory, const RequestId& request, Timestamp created, std::uint64_t policy_version) {
  SLUICE_TRY(segments, list_segments(directory));
  std::string earliest;
  audit::append_time(earliest, created - kMargin);
  std::size_t start = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (at_of(first_line(segments[i].path)) <= earliest) start = i;
  }

  std::map<std::uint64_t, EvidenceLine> found;
  const std::string named = "\"request\":\"" + request.text + "\"";
  const std::string published = "\"event\":\"policy_published\",\"version\":" + std::to_string(policy_version) + ",";
  struct Running {
    std::string journal;
    std::string numbers;  ///< as they stand in its completion
  };
  std::vector<Running> running;
  std::vector<std::uint64_t> described;
  LinkedReader reader;
  const auto wanted = [&](std::string_view line) {
    if (line.find(named) != std::string_view::npos) {
      const json record = json::parse(line, nullptr, false);
      if (record.is_object() && record.value("event", "") == "statement_admitted") {
        running.push_back({journal_of(record), "\"session\":" + std::to_string(record.value("session", std::uint64_t{0})) +
                                                   ",\"statement\":" + std::to_string(record.value("statement", std::uint64_t{0})) + ","});
        described.push_back(record.value("described", std::uint64_t{0}));
      }
      return true;
    }
    if (line.find("\"event\":\"statement_completed\"") == std::string_view::npos) return false;
    return std::any_of(running.begin(), running.end(), [&](const Running& statement) {
      return line.find(statement.numbers) != std::string_view::npos && line.find("\"from\":\"" + statement.journal + ":") != std::string_view::npos;
    });
  };
  for (std::size_t i = start; i < segments.size(); ++i) SLUICE_CHECK(reader.read(segments[i], wanted, found));

  for (const std::uint64_t sequence : described) {
    const auto after = std::find_if(segments.begin(), segments.end(), [&](const Segment& segment) { return segment.first > sequence; });
    if (after == segments.begin()) continue;
    const std::string number = "{\"seq\":" + std::to_string(sequence) + ",";
    SLUICE_CHECK(reader.read(*(after - 1), [&](std::string_view line) { return line.starts_with(number); }, found));
  }
  // The latest publication before the request: the same version may be published again, at every start.
  for (std::size_t i = start + 1; i-- > 0;) {
    std::map<std::uint64_t, EvidenceLine> policies;
    SLUICE_CHECK(reader.read(segments[i], [&](std::string_view line) { return line.find(published) != std::string_view::npos; }, policies));
    std::string limit;
    audit::append_time(limit, created);
    while (!policies.empty() && at_of(policies.rbegin()->second.line) > limit) policies.erase(std::prev(policies.end()));
    if (policies.empty()) continue;
    found.insert(*policies.rbegin());
    break;
  }

  std::vector<EvidenceLine> lines;
  for (auto& [sequence, line] : found) lines.push_back(std::move(line));
  return lines;
}

}  // namespace sluice::store
