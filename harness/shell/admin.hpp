#pragma once

#include "stage.hpp"

namespace harness {

/// Who may use the admin API.
enum class AdminAccess { loopback_only, anywhere };

/// The admin API of a live mock, paths under `/__mock/`. Source: docs/serve.md.
class Admin {
   public:
    /// The stage must outlive it.
    Admin(Stage& stage, AdminAccess access) : stage_(stage), access_(access) {}

    /// Never throws for what a client sent.
    mockxdr::HttpReply answer(const mockxdr::HttpRequest& request) const;

   private:
    Stage& stage_;
    AdminAccess access_;
};

}  // namespace harness
