#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace sluice::channels {

/// What an action of one of our cards carries. All of it is what somebody sent, and says nothing about who it was.
struct TeamsAction {
  std::string verb;   ///< kTeamsApprove …; empty: there is no action, or none of ours
  bool manual = false;  ///< a person has clicked; false: a client has refreshed the card by itself
  RequestId request;
  std::string nonce;
  std::string shown;
  std::string reason;  ///< as typed
};

/// One activity that Bot Framework delivers, as far as it matters here.
struct TeamsActivity {
  std::string type;              ///< "invoke", "message", "conversationUpdate" …
  std::string name;              ///< of an invoke
  std::string id;
  std::string channel_id;
  std::string service_url;
  std::string conversation;      ///< without the part that names a thread
  bool personal = false;         ///< a conversation of one person and the bot
  std::string tenant;            ///< lower case; empty: none, or two different ones
  std::string person;            ///< the sender's Entra object id, lower case; empty: none
  std::string member;            ///< the sender's id on the channel
  std::string reply_to;          ///< the activity of the card that was clicked
  TeamsAction action;
};

/// bad_request: no JSON of this shape. Members that are missing or of another type are left empty.
[[nodiscard]] Result<TeamsActivity> decode_activity(std::string_view body);

}  // namespace sluice::channels
