"""What the product does: one file per thing, each gathers, decides and applies, in that order.

Receive      receive_webhook, queue_records, process_batch, process_event, store_quarantined
Record       stored_message, move_conversation, retelling, record_echo, record_status,
             record_change, record_consent, record_control, record_account, marketing_refused,
             channel_block
Answer       answer_message, personalise, know_contact, read_usual_time
By itself    automatic_message, apply_rules, dry_run_rules, occasion, record_comment,
             record_review, trigger, plan_reply
By a person  hand_over, thread_control, change_handling, organise, person_answered,
             close_conversation, goodbye, record_feedback, disclose
Who it is    meet_contact, find_contact, join_contacts, join_by_hand, own_facts
Consent      preferences, list_topics, ask_consent, held_consent, choose_form
Send         reply_as_person, notify, cancel_message, note_request, reused_key, send_due,
             send_message, send_attempt, ask_policy, own_window, template_facts, pace, confirm_send,
             not_accepted, mark_unreachable, template_refused, settle_send
To many      plan_campaign, start_campaigns, run_campaign, list_recipients, campaign_message,
             ask_campaign, judge_recipient, look_at_recipients, read_campaign
Gone wrong   list_sends, resend_message, settle_unknown, report_window_refusal
Show         list_conversations, read_conversation, read_channel, read_decisions, explain_policy,
             closing_soon, consented_templates, read_refusal
The ledger   digest_hour
Forget       erase_contact
Measure      start_daily_metrics, ask_for_metrics, compute_asked_day, compute_daily_metrics,
             gather_day, count_people, read_report, read_answerers, list_facts
Connect      save_channel, connect_channel, check_channel, check_reach, api_keys, apply_profile,
             read_profile
Cost         expect_price, read_costs, save_rate_card, watch_budgets
To all       errors
"""
