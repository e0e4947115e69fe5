#include "config/sections.h"

namespace sluice::config {

void read_disclosure(Fields& fields, Disclosure& disclosure, Decoding& decoding) {
  for (const auto& tag : fields.texts("disclose")) {
    if (!is_tag(tag.value)) decoding.findings.error(tag.place, "\"" + tag.value + "\" is no tag");
    disclosure.tags.insert(tag.value);
  }
  if (const auto level = fields.choice("statement", {"full", "without_values", "fingerprint", "nothing"})) {
    disclosure.statement = *level == "full"             ? StatementLevel::full
                           : *level == "without_values" ? StatementLevel::without_values
                           : *level == "fingerprint"    ? StatementLevel::fingerprint
                                                        : StatementLevel::nothing;
  }
}

void decode_channels(const YamlNode& node, Decoding& decoding) {
  Fields fields(node, "channels", decoding.findings);
  Channels& channels = decoding.config.channels;
  if (const auto url = fields.text("public_url")) {
    channels.public_url = *url;
    while (channels.public_url.ends_with('/')) channels.public_url.pop_back();
    if (!url->starts_with("https://") && !url->starts_with("http://")) {
      decoding.findings.error(fields.place_of("public_url"), "expected a URL that starts with https:// or http://");
    }
  }
  if (const auto file = fields.text("ca_file")) channels.ca_file = decoding.resolve(*file);
  if (const YamlNode* slack = fields.node("slack")) decode_slack(*slack, decoding);
  if (const YamlNode* webhooks = fields.node("webhooks")) decode_webhooks(*webhooks, decoding);
  if (const YamlNode* teams = fields.node("teams")) decode_teams(*teams, decoding);
  if (const YamlNode* workflow = fields.node("teams_workflow")) decode_teams_workflow(*workflow, decoding);
  fields.finish();
}

}  // namespace sluice::config
