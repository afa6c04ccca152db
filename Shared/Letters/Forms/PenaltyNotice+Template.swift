extension PenaltyNotice {
  public static let template = """
    id: enforcement.penalty-notice
    version: 1
    language: en
    format: letter
    title: Penalty notice: absence from school
    ---
    {{#offence}}
    <p>{{childName}} was registered at {{schoolName}} and missed {{sessionCount}} half days between {{firstDay}} and
    {{lastDay}} without permission. They are listed at the end of this notice. A parent whose child does not attend school
    regularly commits an offence (Education Act 1996, section 444). This notice gives you the chance to pay a penalty instead
    of being prosecuted.</p>
    {{/offence}}
    {{#provision}}<p>The place that should have been attended was {{provisionName}}.</p>{{/provision}}
    <h2>What you must pay</h2>
    <table>
    <caption>Amount and last day for paying</caption>
    <thead><tr><th scope="col">Amount</th><th scope="col">We must have it by</th></tr></thead>
    <tbody>
    {{#reduced}}<tr><td>{{reducedAmount}}</td><td>{{reducedPayBy}}</td></tr>{{/reduced}}
    <tr><td>{{amount}}</td><td>{{payBy}}</td></tr>
    </tbody>
    </table>
    <p>The days are counted from {{receivedOn}}, when we take it that you received this notice. If you received it later,
    tell us and show us when.</p>
    {{#firstNotice}}<p>This is the first penalty notice to you for this child in three years. A second will be for the full
    amount. After two in three years there is no further notice, and we will consider prosecuting.</p>{{/firstNotice}}
    {{#secondNotice}}<p>This is the second penalty notice to you for this child in three years. The amount cannot be reduced.
    There will be no third notice in three years, and we will consider prosecuting instead.</p>{{/secondNotice}}
    <h2>How to pay</h2>
    <ul>{{#paymentMethods}}<li>{{paymentMethod}}</li>{{/paymentMethods}}</ul>
    <p>Give the reference at the top of this notice. Payment goes to the authority named there, which is also where to
    write to about it.</p>
    {{#noInstalments}}<p>You must pay the whole amount at once. We cannot take part of it or instalments.</p>{{/noInstalments}}
    <h2>What happens if you pay, and if you do not</h2>
    {{#discharge}}<p>If you pay in time, you cannot be prosecuted for the absences in this notice.</p>{{/discharge}}
    {{#notPaying}}<p>If you do not pay by the last day above, you may be prosecuted for your child’s absence. The prosecution
    is for the offence, not for the unpaid penalty.</p>{{/notPaying}}
    <h2>If you think this notice is wrong</h2>
    {{#withdrawal}}<p>We must withdraw this notice if it should not have been issued, if it was issued to the wrong person, or
    if it has material errors. We must also withdraw it if it is not paid and we do not prosecute. If we withdraw it we return
    what you paid.</p>{{/withdrawal}}
    {{#noAppeal}}<p>There is no right of appeal against a penalty notice. We read everything that you tell us about it. Write
    to {{representationsTo}}.</p>{{/noAppeal}}
    <h2>The child</h2>
    <p>{{childName}}, {{#childAddress}}{{childAddressLine}} {{/childAddress}}</p>
    <h2>Who issued this notice</h2>
    <p>{{officerName}}<br>{{officerParticulars}}</p>
    <h2>The half days missed</h2>
    \(Absence.table)
    """
}
