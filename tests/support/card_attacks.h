#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "approvals/card.h"
#include "unit/approvals/held.h"

namespace sluice::test {

/// A file of tests/card_attacks.
struct CardAttack {
  std::string name;
  approvals::ApprovalRequest request;
  bool approvable = false;
  std::vector<std::string> never;  ///< characters
};

/// The same request without anything planted, and with as many parameters and objects.
inline approvals::ApprovalRequest harmless_twin(const approvals::ApprovalRequest& request) {
  approvals::ApprovalRequest twin = request;
  twin.held.statement = "SELECT 1";
  if (!twin.held.application.empty()) twin.held.application = "psql";
  for (approvals::Parameter& parameter : twin.held.parameters) parameter.value = "1";
  for (std::string& object : twin.held.objects) object = "public.t";
  return twin;
}

inline std::vector<CardAttack> card_attacks() {
  std::vector<CardAttack> attacks;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SLUICE_TESTS_DIR) + "/card_attacks")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file);
    const auto json = nlohmann::json::parse(stream);
    CardAttack attack;
    attack.name = file.stem();
    attack.request = approvals::sample_request();
    approvals::HeldStatement& held = attack.request.held;
    held.statement = json.at("statement");
    held.application = json.value("application", "");
    held.parameters.clear();
    if (json.contains("parameters")) {
      for (const auto& value : json.at("parameters")) held.parameters.push_back({false, false, value, 25});
    }
    held.objects = json.value("objects", std::vector<std::string>());
    attack.approvable = json.at("approvable");
    const std::string never = json.value("never", "");
    for (std::size_t at = 0; at < never.size();) {
      std::size_t end = at + 1;
      while (end < never.size() && (static_cast<unsigned char>(never[end]) & 0xC0) == 0x80) ++end;
      attack.never.push_back(never.substr(at, end - at));
      at = end;
    }
    attacks.push_back(std::move(attack));
  }
  return attacks;
}

}  // namespace sluice::test
