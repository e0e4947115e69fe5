#include "cli/audit.h"

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "approvals/visible_text.h"
#include "base/digest.h"
#include "store/audit_files.h"
#include "store/evidence.h"

namespace sluice::cli {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "sluice audit: %s\n", message.c_str());
  return 1;
}

std::optional<audit::ChainHead> anchor_of(std::string_view text) {
  audit::ChainHead anchor;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), anchor.sequence);
  if (number.ec != std::errc{} || anchor.sequence == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
  if (!text.starts_with(':') || !from_hex(text.substr(1), anchor.digest)) return std::nullopt;
  return anchor;
}

/// One record for people: sequence, time, event, and the rest as name=value.
std::string line_for_people(std::string_view line) {
  const auto record = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!record.is_object()) return "(not a record)";
  const auto text_of = [](const nlohmann::ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
  std::string text;
  for (const char* name : {"seq", "at", "event"}) {
    if (record.contains(name)) text += (text.empty() ? "" : "  ") + text_of(record[name]);
  }
  for (const auto& [name, value] : record.items()) {
    if (name == "seq" || name == "at" || name == "event" || name == "digest" || name == "from") continue;
    text += "  " + name + "=" + text_of(value);
  }
  return text;
}

int verify_evidence(const AuditVerifyOptions& options, const std::optional<audit::ChainHead>& anchor) {
  std::ifstream file(options.evidence, std::ios::binary);
  if (!file) return fail("cannot read \"" + options.evidence + "\"");
  const std::string bundle(std::istreambuf_iterator<char>(file), {});
  const std::optional<std::string> directory = options.directory.empty() ? std::nullopt : std::optional(options.directory);
  const auto check = store::check_evidence(bundle, directory, anchor);
  if (!check.ok()) return fail(check.error().message);
  for (const std::string& fault : check->faults) std::printf("BAD: %s\n", approvals::visible_line(fault, 500).c_str());
  if (!check->faults.empty()) return 2;
  std::printf("ok: %s is %s, %zu records\nnewest record: %" PRIu64 ":%s\n", approvals::visible_line(check->request, 100).c_str(),
              approvals::visible_line(check->state, 100).c_str(), check->records, check->newest.sequence, to_hex(check->newest.digest).c_str());
  std::printf(directory ? "the log says the same\n" : "not compared with the log: give its directory for that\n");
  return 0;
}

}  // namespace

int audit_verify(const AuditVerifyOptions& options) {
  std::optional<audit::ChainHead> anchor;
  if (!options.anchor.empty()) {
    anchor = anchor_of(options.anchor);
    if (!anchor) return fail("an anchor is a sequence number, a colon and 64 hex digits");
  }
  if (!options.evidence.empty()) return verify_evidence(options, anchor);
  if (options.directory.empty()) return fail("the log's directory is missing");
  const auto verification = store::verify_directory(options.directory, anchor);
  if (!verification.ok()) return fail(verification.error().message);
  if (verification->fault) {
    std::printf("BAD: record %" PRIu64 ": %s\n  at %s\n", verification->fault->sequence, verification->fault->what.c_str(),
                verification->where.c_str());
    return 2;
  }
  std::printf("ok: %" PRIu64 " records\nanchor: %" PRIu64 ":%s\n", verification->records, verification->head.sequence,
              to_hex(verification->head.digest).c_str());
  return 0;
}

int audit_show(const AuditShowOptions& options) {
  const auto segments = store::list_segments(options.directory);
  if (!segments.ok()) return fail(segments.error().message);
  std::deque<std::string> lines;
  for (const store::Segment& segment : *segments) {
    const auto read = store::for_each_line(segment.path, [&](std::string_view line) -> Status {
      lines.push_back(line_for_people(line));
      if (options.last != 0 && lines.size() > options.last) lines.pop_front();
      return Done{};
    });
    if (!read.ok()) return fail(read.error().message);
  }
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  return 0;
}

}  // namespace sluice::cli
