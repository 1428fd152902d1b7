//! The status codes an authenticator answers with (CTAP 2.3, section 8.2), and nothing else.

/// Declares the codes once, so that number, name and description cannot drift apart.
macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $wire:literal;)*) => {
        /// Why a command was refused. Success is not a [`Status`]; it is the `Ok` of a result.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Status {
            $($(#[$doc])* $name,)*
        }

        impl Status {
            /// The byte on the wire.
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code,)* }
            }

            /// The standard's name, for people and logs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// Reads a byte from the wire; `None` for success and for codes that are not used here.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

statuses! {
    /// The command byte is unknown or not announced.
    InvalidCommand = 0x01, "CTAP1_ERR_INVALID_COMMAND";
    /// A parameter has a value that is not allowed here.
    InvalidParameter = 0x02, "CTAP1_ERR_INVALID_PARAMETER";
    /// The message or a part of it has a wrong length.
    InvalidLength = 0x03, "CTAP1_ERR_INVALID_LENGTH";
    /// A part came out of order.
    InvalidSeq = 0x04, "CTAP1_ERR_INVALID_SEQ";
    /// The message took too long to arrive.
    Timeout = 0x05, "CTAP1_ERR_TIMEOUT";
    /// Another channel is being served.
    ChannelBusy = 0x06, "CTAP1_ERR_CHANNEL_BUSY";
    /// A CBOR value has another type than the standard gives it.
    CborUnexpectedType = 0x11, "CTAP2_ERR_CBOR_UNEXPECTED_TYPE";
    /// The bytes are not canonical CBOR.
    InvalidCbor = 0x12, "CTAP2_ERR_INVALID_CBOR";
    /// A parameter that the command needs is absent.
    MissingParameter = 0x14, "CTAP2_ERR_MISSING_PARAMETER";
    /// A list is longer than announced.
    LimitExceeded = 0x15, "CTAP2_ERR_LIMIT_EXCEEDED";
    /// The large-blob array does not fit.
    LargeBlobStorageFull = 0x18, "CTAP2_ERR_LARGE_BLOB_STORAGE_FULL";
    /// A credential of the exclude list is held here.
    CredentialExcluded = 0x19, "CTAP2_ERR_CREDENTIAL_EXCLUDED";
    /// None of the algorithms asked for is offered.
    UnsupportedAlgorithm = 0x26, "CTAP2_ERR_UNSUPPORTED_ALGORITHM";
    /// The user said no.
    OperationDenied = 0x27, "CTAP2_ERR_OPERATION_DENIED";
    /// There is no room for another discoverable credential.
    KeyStoreFull = 0x28, "CTAP2_ERR_KEY_STORE_FULL";
    /// An option is not supported.
    UnsupportedOption = 0x2B, "CTAP2_ERR_UNSUPPORTED_OPTION";
    /// An option has a value that is not allowed.
    InvalidOption = 0x2C, "CTAP2_ERR_INVALID_OPTION";
    /// The platform cancelled while the authenticator waited.
    KeepaliveCancel = 0x2D, "CTAP2_ERR_KEEPALIVE_CANCEL";
    /// Nothing here answers the request.
    NoCredentials = 0x2E, "CTAP2_ERR_NO_CREDENTIALS";
    /// The user did not act in time.
    UserActionTimeout = 0x2F, "CTAP2_ERR_USER_ACTION_TIMEOUT";
    /// The command may not follow what came before it.
    NotAllowed = 0x30, "CTAP2_ERR_NOT_ALLOWED";
    /// The PIN is wrong, or must be changed first.
    PinInvalid = 0x31, "CTAP2_ERR_PIN_INVALID";
    /// The PIN was wrong too often; only a reset helps.
    PinBlocked = 0x32, "CTAP2_ERR_PIN_BLOCKED";
    /// The proof of knowing the PIN/UV token does not verify.
    PinAuthInvalid = 0x33, "CTAP2_ERR_PIN_AUTH_INVALID";
    /// The PIN was wrong three times in a row; power-cycle first.
    PinAuthBlocked = 0x34, "CTAP2_ERR_PIN_AUTH_BLOCKED";
    /// No PIN is set.
    PinNotSet = 0x35, "CTAP2_ERR_PIN_NOT_SET";
    /// A PIN/UV token is needed.
    PuatRequired = 0x36, "CTAP2_ERR_PUAT_REQUIRED";
    /// The new PIN breaks the policy.
    PinPolicyViolation = 0x37, "CTAP2_ERR_PIN_POLICY_VIOLATION";
    /// The request is longer than announced.
    RequestTooLarge = 0x39, "CTAP2_ERR_REQUEST_TOO_LARGE";
    /// A gesture took too long.
    ActionTimeout = 0x3A, "CTAP2_ERR_ACTION_TIMEOUT";
    /// User presence is needed.
    UpRequired = 0x3B, "CTAP2_ERR_UP_REQUIRED";
    /// Built-in user verification failed too often.
    UvBlocked = 0x3C, "CTAP2_ERR_UV_BLOCKED";
    /// A checksum does not match.
    IntegrityFailure = 0x3D, "CTAP2_ERR_INTEGRITY_FAILURE";
    /// The subcommand is unknown or not announced.
    InvalidSubcommand = 0x3E, "CTAP2_ERR_INVALID_SUBCOMMAND";
    /// Built-in user verification failed.
    UvInvalid = 0x3F, "CTAP2_ERR_UV_INVALID";
    /// The token may not have this permission.
    UnauthorizedPermission = 0x40, "CTAP2_ERR_UNAUTHORIZED_PERMISSION";
    /// Something that should not happen, such as a store that cannot be written.
    Other = 0x7F, "CTAP1_ERR_OTHER";
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} (0x{:02x})", self.name(), self.code())
    }
}

impl std::error::Error for Status {}
