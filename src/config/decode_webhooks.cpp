#include <algorithm>
#include <array>
#include <span>

#include "base/digest.h"
#include "config/sections.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxWebhooks = 32;
constexpr std::size_t kMaxSecrets = 4;
constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::array<std::string_view, 12> kEvents = {"filed",     "voted",    "approved", "denied",   "expired",   "withdrawn",
                                                      "consumed", "executed", "reminded", "escalated", "pending",   "reviewed"};

/// The key that "whsec_<base64>" stands for: 24 to 64 bytes.
std::optional<Secret> read_key(std::string_view text) {
  std::string key;
  if (!text.starts_with(kSecretPrefix) || !from_base64(text.substr(kSecretPrefix.size()), key)) return std::nullopt;
  if (key.size() < 24 || key.size() > 64) return std::nullopt;
  return Secret(std::move(key));
}

Webhook decode_webhook(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "a webhook", decoding.findings);
  Webhook webhook;
  if (const auto id = fields.text("id", Need::required)) {
    webhook.id = *id;
    if (!is_identifier(*id)) decoding.findings.error(fields.place_of("id"), "\"" + *id + "\" is no usable name of a webhook");
  }
  webhook.private_destination = fields.flag("private_destination").value_or(false);
  if (const auto url = fields.text("url", Need::required)) {
    webhook.url = *url;
    const bool plain = url->starts_with("http://");
    if (!plain && !url->starts_with("https://")) decoding.findings.error(fields.place_of("url"), "expected a URL that starts with https://");
    if (plain && !webhook.private_destination) {
      decoding.findings.error(fields.place_of("url"), "http:// is for receivers in your own network only: say private_destination: true, or use https://");
    }
  }
  for (const auto& file : fields.texts("secret_files", Need::required)) {
    const std::string text = decoding.secret_from(file.value, file.place);
    auto key = read_key(text);
    if (key) {
      webhook.secrets.push_back(std::move(*key));
    } else if (!text.empty()) {
      decoding.findings.error(file.place, "file \"" + file.value + "\" has no webhook secret: whsec_ and the base64 of 24 to 64 bytes");
    }
  }
  if (webhook.secrets.size() > kMaxSecrets) decoding.findings.error(fields.place_of("secret_files"), "more than 4 secrets");
  for (const auto& event : fields.texts("events")) {
    if (std::find(kEvents.begin(), kEvents.end(), event.value) == kEvents.end()) {
      decoding.findings.error(event.place, "\"" + event.value + "\" is no event of an approval request");
    }
    webhook.events.insert(event.value);
  }
  fields.finish();
  return webhook;
}

}  // namespace

void decode_webhooks(const YamlNode& node, Decoding& decoding) {
  if (node.kind != YamlNode::Kind::sequence || node.items.size() > kMaxWebhooks) {
    decoding.findings.error(node.place, "expected a sequence of at most 32 webhooks");
    return;
  }
  std::vector<Webhook>& webhooks = decoding.config.channels.webhooks;
  for (const YamlNode& item : node.items) {
    Webhook webhook = decode_webhook(item, decoding);
    if (std::any_of(webhooks.begin(), webhooks.end(), [&](const Webhook& other) { return other.id == webhook.id; })) {
      decoding.findings.error(item.place, "there are two webhooks \"" + webhook.id + "\"");
    }
    webhooks.push_back(std::move(webhook));
  }
}

}  // namespace sluice::config
